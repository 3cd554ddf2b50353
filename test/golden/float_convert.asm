function 0 <f> (f64, f32, i64) -> (i32, i64, f64, f32), 16 bytes at 0x24
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 120
    9  vmovaps xmm7, xmm0
    d  mov r9, rsi
   10  vmovaps xmm8, xmm1
   14  vmovsd qword ptr [rbp-128], xmm7
   19  vmovss dword ptr [rbp-120], xmm8
   1e  mov qword ptr [rbp-112], r9
; 0x0027: i32.trunc_f64_s
   22  vcvttsd2si esi, xmm7
   26  cmp esi, 1
   29  jo L0
L1:
; 0x002a: i64.trunc_sat_f32_u
   2f  vcvttss2si rdi, xmm8
   34  test rdi, rdi
   37  js L2
L3:
; 0x002e: f64.convert_i64_u
   3d  vxorps xmm2, xmm2, xmm2
   41  test r9, r9
   44  js L4
   4a  vcvtsi2sd xmm2, xmm2, r9
L5:
; 0x0031: f64.nearest
   4f  vroundsd xmm3, xmm7, xmm7, 8
; 0x0032: f32.demote_f64
   55  vcvtsd2ss xmm3, xmm3, xmm3
; 0x0033: end
   59  mov r8, qword ptr [rbp-8]
   5d  mov r8, qword ptr [r8]
   60  mov qword ptr [r8+80], rdi
   64  vmovsd qword ptr [r8+88], xmm2
   6a  vmovss dword ptr [r8+96], xmm3
   70  mov eax, esi
   72  leave
   73  ret
L0:
   74  vucomisd xmm7, xmm7
   78  jp trap: invalid conversion to integer
   7e  vucomisd xmm7, qword ptr [constant 0xc1e0000000200000]
   86  jbe trap: integer overflow
   8c  vucomisd xmm7, qword ptr [constant 0x0]
   94  ja trap: integer overflow
   9a  jmp L1
L2:
   9c  vucomiss xmm8, dword ptr [constant 0x0]
   a4  mov edi, 0
   a9  jbe L3
   ab  vsubss xmm1, xmm8, dword ptr [constant 0x5f000000]
   b3  vcvttss2si rdi, xmm1
   b8  test rdi, rdi
   bb  js L6
   bd  btc rdi, 63
   c2  jmp L3
L6:
   c7  mov rdi, -1
   ce  jmp L3
L4:
   d3  mov rcx, r9
   d6  mov rax, r9
   d9  shr rax, 1
   dc  and ecx, 1
   df  or rax, rcx
   e2  vcvtsi2sd xmm2, xmm2, rax
   e7  vaddsd xmm2, xmm2, xmm2
   eb  jmp L5
   f0  call trap: invalid conversion to integer
   f5  call trap: integer overflow
