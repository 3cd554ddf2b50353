function 0 <f> (i32) -> i64, 50 bytes at 0x1f
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 120
    9  mov qword ptr [rbp-16], rbx
    d  mov ebx, esi
    f  xor r9d, r9d
   12  xor r10d, r10d
   15  xor r11d, r11d
; 0x0024: loop
L0:
; 0x0028: local.set
   20  mov r9d, ebx
; 0x002a: loop
L1:
; 0x0032: i32.mul
   30  mov esi, r11d
   33  imul esi, r9d
; 0x0033: i64.extend_i32_u
   37  mov esi, esi
; 0x0034: i64.add
   39  add r10, rsi
; 0x0035: local.set
; 0x003b: i32.sub
   3c  dec r9d
; 0x003c: local.tee
; 0x003e: br_if
   3f  test r9d, r9d
   42  jne L1
; 0x0040: end
; 0x0045: i32.add
   44  inc r11d
; 0x0046: local.tee
; 0x004a: i32.lt_s
   47  cmp r11d, ebx
; 0x004b: br_if
   4a  jl L0
; 0x004d: end
; 0x0050: end
   4c  mov rax, r10
   4f  mov rbx, qword ptr [rbp-16]
   53  leave
   54  ret
; entry from the interpreter
   55  mov rax, qword ptr [rdi]
   58  lea r11, [rsp-136]
   60  cmp r11, qword ptr [rax+24]
   64  jb trap of the caller: call stack exhausted
   6a  push rbp
   6b  mov rbp, rsp
   6e  push rdi
   6f  sub rsp, 120
   73  mov qword ptr [rbp-16], rbx
   77  mov r9d, dword ptr [rsi+16]
   7b  mov r10, qword ptr [rsi+24]
   7f  mov r11d, dword ptr [rsi+8]
   83  mov ebx, dword ptr [rsi]
   85  jmp L0
; entry from the interpreter
   87  mov rax, qword ptr [rdi]
   8a  lea r11, [rsp-136]
   92  cmp r11, qword ptr [rax+24]
   96  jb trap of the caller: call stack exhausted
   9c  push rbp
   9d  mov rbp, rsp
   a0  push rdi
   a1  sub rsp, 120
   a5  mov qword ptr [rbp-16], rbx
   a9  mov r9d, dword ptr [rsi+16]
   ad  mov r10, qword ptr [rsi+24]
   b1  mov r11d, dword ptr [rsi+8]
   b5  mov ebx, dword ptr [rsi]
   b7  jmp L1
