function 0 <f> (i32) -> i32, 27 bytes at 0x25
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9d, esi
; 0x002a: loop
    c  mov qword ptr [rbp-104], 0
   14  mov qword ptr [rbp-96], r9
L0:
; 0x002c: local.set
   20  mov r9d, dword ptr [rbp-96]
; 0x0030: i32.add
   24  mov esi, dword ptr [rbp-104]
   27  add esi, r9d
; 0x0035: i32.sub
   2a  lea edi, [r9-1]
; 0x003a: i32.gt_s
   2e  cmp r9d, 1
   32  setg al
   35  movzx r8d, al
; 0x003b: br_if
   39  mov qword ptr [rbp-104], rsi
   3d  mov qword ptr [rbp-96], rdi
   41  test r8d, r8d
   44  jne L0
; 0x003e: end
; 0x003f: end
   46  mov eax, dword ptr [rbp-104]
   49  leave
   4a  ret
; entry from the interpreter
   4b  mov rax, qword ptr [rdi]
   4e  lea r11, [rsp-120]
   53  cmp r11, qword ptr [rax+24]
   57  jb trap of the caller: call stack exhausted
   5d  push rbp
   5e  mov rbp, rsp
   61  push rdi
   62  sub rsp, 104
   66  mov r9d, dword ptr [rsi]
   69  mov rdi, qword ptr [rsi+16]
   6d  mov qword ptr [rbp-104], rdi
   71  mov rdi, qword ptr [rsi+24]
   75  mov qword ptr [rbp-96], rdi
   79  jmp L0
