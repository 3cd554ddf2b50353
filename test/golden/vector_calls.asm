function 1 <f> (v128, i32) -> v128, 42 bytes at 0x48
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 136
    c  vmovaps xmm7, xmm0
   10  mov r9d, esi
   13  mov r10, rdi
; 0x004b: global.set
   16  mov rsi, qword ptr [r10+48]
   1a  mov rsi, qword ptr [rsi]
   1d  vmovups xmmword ptr [rsi], xmm7
; 0x004d: global.get
   21  mov rsi, qword ptr [r10+48]
   25  mov rsi, qword ptr [rsi]
   28  vmovups xmm2, xmmword ptr [rsi]
; 0x004f: v128.not
   2c  vpcmpeqd xmm0, xmm0, xmm0
   30  vxorps xmm2, xmm0, xmm2
; 0x0053: call
   34  vmovups xmmword ptr [rbp-144], xmm7
   3c  mov qword ptr [rbp-128], r9
   40  mov rsi, qword ptr [r10+56]
   44  mov rsi, qword ptr [rsi]
   47  mov rdi, qword ptr [rsi+8]
   4b  test rdi, rdi
   4e  je L0
L1:
   54  vmovaps xmm0, xmm2
   58  mov r10, rsi
   5b  mov esi, 7
   60  mov r10, qword ptr [r10]
   63  call qword ptr [r10]
   66  mov esi, eax
   68  mov rdi, qword ptr [rbp-8]
   6c  mov rdi, qword ptr [rdi]
   6f  vmovups xmm2, xmmword ptr [rdi+80]
   74  vmovups xmmword ptr [rbp-112], xmm2
; 0x0055: local.set
   79  vmovups xmm7, xmmword ptr [rbp-112]
; 0x0057: local.set
   7e  mov r9d, esi
; 0x006f: i32.eqz
   81  test r9d, r9d
; 0x0070: select
   84  vmovaps xmm2, xmm7
   88  je L2
   8e  vxorps xmm2, xmm2, xmm2
L2:
; 0x0071: end
   92  vmovaps xmm0, xmm2
   96  leave
   97  ret
L0:
   98  mov rdi, qword ptr [rbp-8]
   9c  jmp L1
