function 0 <f> (f64, f64) -> i32, 34 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  vmovaps xmm7, xmm0
    d  vmovaps xmm8, xmm1
   11  vmovsd qword ptr [rbp-96], xmm7
   16  vmovsd qword ptr [rbp-88], xmm8
; 0x0021: block
; 0x0027: f64.lt
   1b  vucomisd xmm8, xmm7
; 0x0028: br_if
   1f  ja L0
; 0x002e: f64.eq
   25  vucomisd xmm7, xmm8
; 0x002f: br_if
   2a  jp L1
   2c  je L0
L1:
; 0x003c: f64.ne
   32  vucomisd xmm7, qword ptr [constant 0x0]
   3a  setne al
   3d  setp cl
   40  or al, cl
   42  movzx esi, al
; 0x003d: return
   45  mov eax, esi
   47  leave
   48  ret
; 0x003e: end
L0:
; 0x0041: end
   49  mov eax, 2
   4e  leave
   4f  ret
