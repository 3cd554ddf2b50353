function 0 <f> (i32, i32) -> i32, 39 bytes at 0x25
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 120
    9  mov r10d, esi
    c  mov r11d, edx
    f  mov r9, qword ptr [rdi+8]
   13  mov qword ptr [rbp-128], r10
   17  mov qword ptr [rbp-120], r11
; 0x002c: i32.shl
; 0x002d: i32.add
   1b  lea esi, [r10+r11*4]
; 0x002e: i32.load
   1f  mov esi, dword ptr [r9+rsi+16]
; 0x0034: i32.load
   24  mov edi, dword ptr [r9+1024]
; 0x0039: i32.load
   2b  mov r8, qword ptr [rbp-8]
   2f  mov r8, qword ptr [r8+16]
   33  mov eax, 2147483652
   38  add rax, r10
   3b  cmp rax, qword ptr [r8+8]
   3f  ja trap: out of bounds memory access
   45  add rax, qword ptr [r8]
   48  mov edx, dword ptr [rax-4]
; 0x0044: i32.add
   4b  lea r8d, [r10-4]
; 0x0045: i32.load
   4f  mov r8d, dword ptr [r9+r8]
; 0x0048: i32.add
   53  add edx, r8d
; 0x0049: i32.add
   56  add edi, edx
; 0x004a: i32.add
   58  add esi, edi
; 0x004b: end
   5a  mov eax, esi
   5c  leave
   5d  ret
   5e  call trap: out of bounds memory access
