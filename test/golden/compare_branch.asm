function 0 <f> (i32, i64) -> i32, 22 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r9d, esi
    c  mov r10, rdx
    f  mov qword ptr [rbp-96], r9
   13  mov qword ptr [rbp-88], r10
; 0x0021: block
; 0x0027: i32.lt_u
   17  cmp r9d, 10
; 0x0028: br_if
   1b  jb L0
; 0x002c: i64.eqz
   21  test r10, r10
; 0x002d: br_if
   24  je L0
; 0x0031: return
   2a  mov eax, 1
   2f  leave
   30  ret
; 0x0032: end
L0:
; 0x0035: end
   31  mov eax, 2
   36  leave
   37  ret
