function 0 <f> (i32, i64) -> (i32, i32, i32, i64), 23 bytes at 0x23
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 120
    9  mov r9d, esi
    c  mov r10, rdx
    f  mov qword ptr [rbp-128], r9
   13  mov qword ptr [rbp-120], r10
; 0x0028: i32.div_s
   17  lea ecx, [r9+7]
   1b  test r9d, r9d
   1e  cmovns ecx, r9d
   22  sar ecx, 3
   25  mov esi, ecx
; 0x002d: i32.rem_s
   27  lea ecx, [r9+15]
   2b  test r9d, r9d
   2e  cmovns ecx, r9d
   32  and ecx, -16
   35  mov edi, r9d
   38  sub edi, ecx
; 0x0032: i32.div_u
   3a  mov rax, 1844674407370955162
   44  mul r9
   47  mov r8d, edx
; 0x0038: i64.rem_u
   4a  mov r11, r10
   4d  and r11d, 1023
; 0x0039: end
   54  mov rdx, qword ptr [rbp-8]
   58  mov rdx, qword ptr [rdx]
   5b  mov qword ptr [rdx+80], rdi
   5f  mov qword ptr [rdx+88], r8
   63  mov qword ptr [rdx+96], r11
   67  mov eax, esi
   69  leave
   6a  ret
