function 0 <f> (i32, i32) -> (), 56 bytes at 0x24
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 136
    c  mov r9d, esi
    f  mov r11d, edx
   12  mov r10, qword ptr [rdi+8]
   16  mov qword ptr [rbp-136], r11
   1d  vxorps xmm7, xmm7, xmm7
; 0x0027: loop
L0:
; 0x002d: v128.load8x8_u
   30  vpmovzxbw xmm2, qword ptr [r10+r9+8]
; 0x0031: i16x8.add
   37  vpaddw xmm7, xmm7, xmm2
; 0x0034: local.set
; 0x003a: v128.store32_lane
   3b  vpextrd dword ptr [r10+r9], xmm7, 2
; 0x0043: i32.add
   42  add r9d, 16
; 0x0044: local.tee
; 0x0048: i32.lt_u
   46  cmp r9d, r11d
; 0x0049: br_if
   49  jb L0
; 0x004b: end
; 0x004e: v128.any_true
   4b  vptest xmm7, xmm7
; 0x0050: if
   50  je L1
; 0x0056: v128.store
   56  vmovups xmmword ptr [r10], xmm7
; 0x005a: end
L1:
; 0x005b: end
   5b  leave
   5c  ret
; entry from the interpreter
   5d  mov rax, qword ptr [rdi]
   60  lea r11, [rsp-152]
   68  cmp r11, qword ptr [rax+24]
   6c  jb trap of the caller: call stack exhausted
   72  push rbp
   73  mov rbp, rsp
   76  push rdi
   77  sub rsp, 136
   7e  mov r10, qword ptr [rdi+8]
   82  mov rdi, qword ptr [rsi+8]
   86  mov qword ptr [rbp-136], rdi
   8d  mov r9d, dword ptr [rsi]
   90  vmovups xmm7, xmmword ptr [rsi+16]
   95  mov r11d, dword ptr [rsi+8]
   99  jmp L0
