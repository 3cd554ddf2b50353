function 0 <f> (i32, i32, i64, i64) -> (i32, i64), 12 bytes at 0x23
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 120
    9  mov qword ptr [rbp-112], rcx
    d  mov r11d, esi
   10  mov r10, r8
   13  mov r9d, edx
   16  mov qword ptr [rbp-120], r9
   1a  mov qword ptr [rbp-104], r10
   1e  mov qword ptr [rbp-128], r11
; 0x0028: i32.div_s
   22  mov eax, r11d
   25  lea edx, [r9+1]
   29  cmp edx, 1
   2c  jbe L0
   32  cdq
   33  idiv r9d
L1:
   36  mov esi, eax
; 0x002d: i64.rem_u
   38  mov rax, qword ptr [rbp-112]
   3c  test r10, r10
   3f  je trap: integer divide by zero
   45  xor edx, edx
   47  div r10
   4a  mov rdi, rdx
; 0x002e: end
   4d  mov r8, qword ptr [rbp-8]
   51  mov r8, qword ptr [r8]
   54  mov qword ptr [r8+80], rdi
   58  mov eax, esi
   5a  leave
   5b  ret
L0:
   5c  test r9d, r9d
   5f  je trap: integer divide by zero
   65  neg eax
   67  jo trap: integer overflow
   6d  jmp L1
   6f  call trap: integer divide by zero
   74  call trap: integer divide by zero
   79  call trap: integer overflow
