function 1 <f> (i32) -> (i32, f64, i64), 99 bytes at 0x41
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 200
    c  mov qword ptr [rbp-208], rsi
; 0x00a1: call
   13  mov rsi, qword ptr [rbp-8]
   17  mov rsi, qword ptr [rsi]
   1a  mov qword ptr [rsi+80], 5
   22  mov qword ptr [rsi+88], 6
   2a  mov rax, 4624633867356078080
   34  mov qword ptr [rsi+96], rax
   38  mov esi, dword ptr [rbp-208]
   3e  mov rdi, qword ptr [rbp-8]
   42  vmovsd xmm7, qword ptr [constant 0x402c000000000000]
   4a  vmovsd xmm6, qword ptr [constant 0x402a000000000000]
   52  vmovsd xmm5, qword ptr [constant 0x4028000000000000]
   5a  vmovsd xmm4, qword ptr [constant 0x4026000000000000]
   62  vmovsd xmm3, qword ptr [constant 0x4024000000000000]
   6a  vmovsd xmm2, qword ptr [constant 0x4022000000000000]
   72  vmovsd xmm1, qword ptr [constant 0x4020000000000000]
   7a  vmovsd xmm0, qword ptr [constant 0x401c000000000000]
   82  mov r9d, 4
   88  mov r8d, 3
   8e  mov ecx, 2
   93  mov edx, 1
   98  mov r10, entry slot 0
   a2  call qword ptr [r10]
   a5  mov esi, eax
   a7  mov rdi, qword ptr [rbp-8]
   ab  mov rdi, qword ptr [rdi]
   ae  mov r8, qword ptr [rdi+80]
   b2  mov qword ptr [rbp-192], r8
   b9  mov r8, qword ptr [rdi+88]
   bd  mov qword ptr [rbp-184], r8
; 0x00a3: end
   c4  mov rdi, qword ptr [rbp-8]
   c8  mov rdi, qword ptr [rdi]
   cb  mov rax, qword ptr [rbp-192]
   d2  mov qword ptr [rdi+80], rax
   d6  mov rax, qword ptr [rbp-184]
   dd  mov qword ptr [rdi+88], rax
   e1  mov eax, esi
   e3  leave
   e4  ret
