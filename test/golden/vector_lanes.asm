function 0 <f> (v128, i32, f64) -> i32, 55 bytes at 0x21
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 136
    c  vmovaps xmm7, xmm0
   10  vmovaps xmm8, xmm1
   14  mov r9d, esi
   17  mov qword ptr [rbp-128], r9
   1b  vmovsd qword ptr [rbp-120], xmm8
; 0x0026: f64x2.replace_lane
   20  vmovlhps xmm7, xmm7, xmm8
; 0x0029: local.set
; 0x002f: i8x16.splat
   25  vmovd xmm2, r9d
   2a  vxorps xmm0, xmm0, xmm0
   2e  vpshufb xmm2, xmm2, xmm0
; 0x0031: i8x16.shuffle
   33  vpunpcklbw xmm7, xmm7, xmm2
; 0x0043: local.set
; 0x0049: i8x16.shr_s
   37  mov eax, r9d
   3a  and eax, 7
   3d  add eax, 8
   40  vmovd xmm1, eax
   44  vpunpckhbw xmm0, xmm7, xmm7
   48  vpunpcklbw xmm7, xmm7, xmm7
   4c  vpsraw xmm0, xmm0, xmm1
   50  vpsraw xmm7, xmm7, xmm1
   54  vpacksswb xmm7, xmm7, xmm0
; 0x004b: local.set
; 0x004f: i16x8.extract_lane_s
   58  vpextrw esi, xmm7, 3
   5d  movsx esi, si
; 0x0054: i8x16.bitmask
   60  vpmovmskb edi, xmm7
; 0x0056: i32.add
   64  add esi, edi
; 0x0057: end
   66  mov eax, esi
   68  leave
   69  ret
