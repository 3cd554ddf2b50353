function 0 <f> (i32, i32) -> i32, 35 bytes at 0x25
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov qword ptr [rbp-16], rbx
    d  mov r9d, esi
   10  mov r11d, edx
   13  mov rbx, qword ptr [rdi+8]
   17  xor r10d, r10d
; 0x0028: loop
L0:
; 0x002e: i32.load
   20  mov esi, dword ptr [rbx+r9]
; 0x0031: i32.add
   24  add r10d, esi
; 0x0032: local.set
; 0x0038: i32.add
   27  add r9d, 4
; 0x0039: local.set
; 0x003f: i32.sub
   2b  dec r11d
; 0x0040: local.tee
; 0x0042: br_if
   2e  test r11d, r11d
   31  jne L0
; 0x0044: end
; 0x0047: end
   33  mov eax, r10d
   36  mov rbx, qword ptr [rbp-16]
   3a  leave
   3b  ret
; entry from the interpreter
   3c  mov rax, qword ptr [rdi]
   3f  lea r11, [rsp-120]
   44  cmp r11, qword ptr [rax+24]
   48  jb trap of the caller: call stack exhausted
   4e  push rbp
   4f  mov rbp, rsp
   52  push rdi
   53  sub rsp, 104
   57  mov qword ptr [rbp-16], rbx
   5b  mov rbx, qword ptr [rdi+8]
   5f  mov r9d, dword ptr [rsi]
   62  mov r10d, dword ptr [rsi+16]
   66  mov r11d, dword ptr [rsi+8]
   6a  jmp L0
