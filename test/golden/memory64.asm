function 0 <f> (i64) -> i64, 18 bytes at 0x24
    0  mov rax, qword ptr [rdi]
    3  lea r11, [rsp-104]
    8  cmp r11, qword ptr [rax+24]
    c  jb trap of the caller: call stack exhausted
   12  push rbp
   13  mov rbp, rsp
   16  push rdi
   17  sub rsp, 88
   1b  mov r9, rsi
   1e  mov qword ptr [rbp-96], r9
; 0x0029: i64.store
   22  mov rsi, qword ptr [rbp-8]
   26  mov rsi, qword ptr [rsi+16]
   2a  mov rax, r9
   2d  add rax, 16
   31  jb trap: out of bounds memory access
   37  cmp rax, qword ptr [rsi+8]
   3b  ja trap: out of bounds memory access
   41  add rax, qword ptr [rsi]
   44  mov qword ptr [rax-8], 7
; 0x002e: i64.load
   4c  mov rsi, qword ptr [rbp-8]
   50  mov rsi, qword ptr [rsi+16]
   54  mov rax, r9
   57  mov ecx, 2147483656
   5c  add rax, rcx
   5f  jb trap: out of bounds memory access
   65  cmp rax, qword ptr [rsi+8]
   69  ja trap: out of bounds memory access
   6f  add rax, qword ptr [rsi]
   72  mov rdi, qword ptr [rax-8]
; 0x0035: end
   76  mov rax, rdi
   79  leave
   7a  ret
   7b  call trap: out of bounds memory access
   80  call trap: out of bounds memory access
