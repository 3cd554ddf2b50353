function 0 <f> (i32, i32) -> i32, 12 bytes at 0x2b
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov qword ptr [rbp-104], rdx
    d  mov r9d, esi
   10  mov qword ptr [rbp-112], r9
; 0x0032: call_indirect
   14  mov rsi, qword ptr [rbp-8]
   18  mov rsi, qword ptr [rsi+32]
   1c  mov edi, dword ptr [rbp-104]
   1f  cmp rdi, qword ptr [rsi+8]
   23  jae trap: undefined element
   29  mov rsi, qword ptr [rsi]
   2c  lea rsi, [rsi+rdi*8]
   30  mov rsi, qword ptr [rsi]
   33  test rsi, rsi
   36  je trap: uninitialized element
   3c  cmp dword ptr [rsi+32], 0
   40  jne trap: indirect call type mismatch
   46  mov rdi, qword ptr [rsi+8]
   4a  test rdi, rdi
   4d  je L0
L1:
   53  mov r10, rsi
   56  mov esi, r9d
   59  mov r10, qword ptr [r10]
   5c  call qword ptr [r10]
   5f  mov esi, eax
; 0x0035: i32.add
   61  mov r9d, dword ptr [rbp-112]
   65  add esi, r9d
; 0x0036: end
   68  mov eax, esi
   6a  leave
   6b  ret
L0:
   6c  mov rdi, qword ptr [rbp-8]
   70  jmp L1
   72  call trap: undefined element
   77  call trap: uninitialized element
   7c  call trap: indirect call type mismatch
