function 0 <f> (i32) -> i32, 13 bytes at 0x1f
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 72
    9  mov r9d, esi
    c  mov qword ptr [rbp-80], r9
; 0x0022: if
   10  test r9d, r9d
   13  je L0
; 0x0024: unreachable
   19  call trap: unreachable
; 0x0028: end
L0:
; 0x002b: end
   1e  mov eax, 3
   23  leave
   24  ret
