function 1 <f> (i32) -> i32, 9 bytes at 0x2a
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r9d, esi
    c  mov qword ptr [rbp-96], r9
; 0x002f: call
   10  mov rsi, qword ptr [rbp-8]
   14  mov rsi, qword ptr [rsi+56]
   18  mov rsi, qword ptr [rsi]
   1b  mov rdi, qword ptr [rsi+8]
   1f  test rdi, rdi
   22  je L0
L1:
   28  mov r10, rsi
   2b  mov esi, r9d
   2e  mov r10, qword ptr [r10]
   31  call qword ptr [r10]
   34  mov esi, eax
; 0x0031: i32.add
   36  mov r9d, dword ptr [rbp-96]
   3a  add esi, r9d
; 0x0032: end
   3d  mov eax, esi
   3f  leave
   40  ret
L0:
   41  mov rdi, qword ptr [rbp-8]
   45  jmp L1
