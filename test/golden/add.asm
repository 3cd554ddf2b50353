function 0 <f> (i32, i32) -> i32, 7 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r9d, esi
    c  mov r10d, edx
    f  mov qword ptr [rbp-96], r9
   13  mov qword ptr [rbp-88], r10
; 0x0025: i32.add
   17  lea esi, [r9+r10]
; 0x0026: end
   1b  mov eax, esi
   1d  leave
   1e  ret
