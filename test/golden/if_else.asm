function 0 <f> (i32, i32) -> i32, 21 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r9d, esi
    c  mov r10d, edx
    f  mov qword ptr [rbp-96], r9
   13  mov qword ptr [rbp-88], r10
; 0x0025: i32.gt_s
   17  cmp r9d, r10d
; 0x0026: if
   1a  jle L0
; 0x002c: i32.sub
   20  mov esi, r9d
   23  sub esi, r10d
; 0x002d: else
   26  jmp L1
L0:
; 0x0032: i32.sub
   2b  mov esi, r10d
   2e  sub esi, r9d
; 0x0033: end
L1:
; 0x0034: end
   31  mov eax, esi
   33  leave
   34  ret
