function 0 <f> (f64, f64, f32) -> (f64, f32), 21 bytes at 0x22
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  vmovaps xmm7, xmm0
    d  vmovaps xmm9, xmm2
   11  vmovaps xmm8, xmm1
   15  vmovsd qword ptr [rbp-112], xmm7
   1a  vmovsd qword ptr [rbp-104], xmm8
   1f  vmovss dword ptr [rbp-96], xmm9
; 0x0027: f64.sub
   24  vsubsd xmm2, xmm7, xmm8
; 0x002c: f64.min
   29  vucomisd xmm7, xmm8
   2e  je L0
   34  vminsd xmm3, xmm7, xmm8
L1:
; 0x002d: f64.div
   39  vdivsd xmm2, xmm2, xmm3
; 0x0030: f32.abs
   3d  vandps xmm3, xmm9, xmmword ptr [f32 value mask]
; 0x0031: f32.neg
   45  vxorps xmm3, xmm3, xmmword ptr [f32 sign mask]
; 0x0034: f32.sqrt
   4d  vsqrtss xmm4, xmm9, xmm9
; 0x0035: f32.copysign
   52  vandps xmm1, xmm4, xmmword ptr [f32 sign mask]
   5a  vandps xmm3, xmm3, xmmword ptr [f32 value mask]
   62  vorps xmm3, xmm3, xmm1
; 0x0036: end
   66  mov rsi, qword ptr [rbp-8]
   6a  mov rsi, qword ptr [rsi]
   6d  vmovss dword ptr [rsi+80], xmm3
   72  vmovaps xmm0, xmm2
   76  leave
   77  ret
L0:
   78  jp L2
   7a  vorps xmm3, xmm7, xmm8
   7f  jmp L1
L2:
   81  vaddsd xmm3, xmm7, xmm8
   86  jmp L1
