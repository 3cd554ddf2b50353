function 0 <f> (i32, i32, f64, f64) -> (i32, f64), 19 bytes at 0x23
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 120
    9  mov r9d, esi
    c  vmovaps xmm7, xmm1
   10  vmovaps xmm8, xmm0
   14  mov r10d, edx
   17  mov qword ptr [rbp-128], r9
   1b  mov qword ptr [rbp-120], r10
   1f  vmovsd qword ptr [rbp-104], xmm7
   24  vmovsd qword ptr [rbp-112], xmm8
; 0x002c: i32.eq
   29  cmp r10d, 3
; 0x002d: select
   2d  mov esi, 7
   32  cmove esi, r9d
; 0x0034: select
   36  test r9d, r9d
   39  vmovaps xmm2, xmm8
   3e  jne L0
   44  vmovaps xmm2, xmm7
L0:
; 0x0035: end
   48  mov rdi, qword ptr [rbp-8]
   4c  mov rdi, qword ptr [rdi]
   4f  vmovsd qword ptr [rdi+80], xmm2
   54  mov eax, esi
   56  leave
   57  ret
