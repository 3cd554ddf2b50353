function 1 <f> (i32, f64) -> f64, 41 bytes at 0x2c
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov qword ptr [rbp-16], rbx
    d  mov qword ptr [rbp-24], r12
   11  mov ebx, esi
   13  vmovaps xmm7, xmm0
   17  mov r12, rdi
   1a  vxorps xmm8, xmm8, xmm8
; 0x002f: loop
L0:
; 0x0035: call
   20  vmovsd qword ptr [rbp-104], xmm7
   25  vmovsd qword ptr [rbp-96], xmm8
   2a  vmovaps xmm0, xmm7
   2e  mov rdi, r12
   31  mov r10, entry slot 0
   3b  call qword ptr [r10]
   3e  vmovaps xmm2, xmm0
; 0x0037: f64.add
   42  vmovsd xmm8, qword ptr [rbp-96]
   47  vaddsd xmm8, xmm8, xmm2
; 0x0038: local.set
; 0x0045: f64.mul
   4b  vmovsd xmm7, qword ptr [rbp-104]
   50  vmulsd xmm7, xmm7, qword ptr [constant 0x3fe0000000000000]
; 0x0046: local.set
; 0x004c: i32.sub
   58  dec ebx
; 0x004d: local.tee
; 0x004f: br_if
   5a  test ebx, ebx
   5c  jne L0
; 0x0051: end
; 0x0054: end
   5e  vmovaps xmm0, xmm8
   63  mov rbx, qword ptr [rbp-16]
   67  mov r12, qword ptr [rbp-24]
   6b  leave
   6c  ret
; entry from the interpreter
   6d  mov rax, qword ptr [rdi]
   70  lea r11, [rsp-120]
   75  cmp r11, qword ptr [rax+24]
   79  jb trap of the caller: call stack exhausted
   7f  push rbp
   80  mov rbp, rsp
   83  push rdi
   84  sub rsp, 104
   88  mov qword ptr [rbp-16], rbx
   8c  mov qword ptr [rbp-24], r12
   90  mov r12, rdi
   93  vmovsd xmm7, qword ptr [rsi+8]
   98  vmovsd xmm8, qword ptr [rsi+16]
   9d  mov ebx, dword ptr [rsi]
   9f  jmp L0
