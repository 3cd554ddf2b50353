function 0 <f> (v128, v128) -> v128, 50 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 184
    c  vmovaps xmm8, xmm0
   10  vmovaps xmm7, xmm1
   14  vmovups xmmword ptr [rbp-176], xmm7
   1c  vmovups xmmword ptr [rbp-192], xmm8
; 0x0025: i32x4.mul
   24  vpmulld xmm2, xmm8, xmm7
; 0x003a: i32x4.add
   29  vpaddd xmm2, xmm2, xmmword ptr [v128 0x00000004000000030000000200000001]
; 0x004a: f32x4.min
   31  vmovaps xmm3, xmmword ptr [v128 0x3fc000003fc000003fc000003fc00000]
   39  vminps xmm0, xmm7, xmm3
   3d  vminps xmm1, xmm3, xmm7
   41  vorps xmm0, xmm0, xmm1
   45  vcmpps xmm1, xmm1, xmm0, 3
   4a  vorps xmm0, xmm0, xmm1
   4e  vpsrld xmm1, xmm1, 10
   53  vandnps xmm3, xmm1, xmm0
; 0x004d: v128.bitselect
   57  vpxor xmm0, xmm8, xmm7
   5b  vpand xmm0, xmm0, xmm3
   5f  vpxor xmm4, xmm0, xmm7
; 0x004f: i8x16.gt_u
   63  vpminub xmm0, xmm2, xmm4
   67  vpcmpeqb xmm0, xmm0, xmm2
   6b  vpcmpeqd xmm1, xmm1, xmm1
   6f  vpxor xmm2, xmm0, xmm1
; 0x0051: end
   73  vmovaps xmm0, xmm2
   77  leave
   78  ret
