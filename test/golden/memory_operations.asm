function 0 <f> (i32) -> i32, 29 bytes at 0x24
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov qword ptr [rbp-16], rbx
    d  mov qword ptr [rbp-96], rsi
   11  mov rbx, rdi
; 0x002c: memory.fill
   14  mov eax, dword ptr [rbp-96]
   17  mov qword ptr [rbp-88], rax
   1b  mov qword ptr [rbp-80], 0
   23  mov qword ptr [rbp-72], 64
   2b  mov rdi, rbx
   2e  lea rsi, qword ptr [rbp-88]
   32  mov eax, 5
   37  xor edx, edx
   39  xor ecx, ecx
   3b  call runtime: MemoryFill
; 0x0035: memory.copy
   40  mov eax, dword ptr [rbp-96]
   43  mov qword ptr [rbp-88], rax
   47  mov qword ptr [rbp-80], 0
   4f  mov qword ptr [rbp-72], 16
   57  mov rdi, rbx
   5a  lea rsi, qword ptr [rbp-88]
   5e  mov eax, 4
   63  xor edx, edx
   65  xor ecx, ecx
   67  call runtime: MemoryCopy
; 0x0039: memory.size
   6c  mov rsi, qword ptr [rbx+16]
   70  mov rsi, qword ptr [rsi+8]
   74  shr rsi, 16
; 0x003d: memory.grow
   78  mov qword ptr [rbp-80], 1
   80  mov qword ptr [rbp-88], rsi
   84  mov rdi, rbx
   87  lea rsi, qword ptr [rbp-80]
   8b  mov eax, 1
   90  xor edx, edx
   92  xor ecx, ecx
   94  call runtime: MemoryGrow
; 0x003f: i32.add
   99  mov esi, dword ptr [rbp-88]
   9c  add esi, dword ptr [rbp-80]
; 0x0040: end
   9f  mov eax, esi
   a1  mov rbx, qword ptr [rbp-16]
   a5  leave
   a6  ret
