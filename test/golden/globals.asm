function 0 <f> (i32) -> i32, 21 bytes at 0x38
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r10d, esi
    c  mov r9, rdi
    f  mov qword ptr [rbp-96], r10
; 0x0039: global.get
   13  mov rsi, qword ptr [r9+48]
   17  mov rsi, qword ptr [rsi+8]
   1b  mov esi, dword ptr [rsi]
; 0x003d: i32.add
   1d  add esi, r10d
; 0x003e: global.set
   20  mov rdi, qword ptr [r9+48]
   24  mov rdi, qword ptr [rdi+8]
   28  mov qword ptr [rdi], rsi
; 0x0040: global.get
   2b  mov rsi, qword ptr [r9+48]
   2f  mov rsi, qword ptr [rsi]
   32  mov rsi, qword ptr [rsi]
; 0x0044: i64.add
   35  inc rsi
; 0x0045: global.set
   38  mov rdi, qword ptr [r9+48]
   3c  mov rdi, qword ptr [rdi]
   3f  mov qword ptr [rdi], rsi
; 0x0047: global.get
   42  mov rsi, qword ptr [r9+48]
   46  mov rsi, qword ptr [rsi+8]
   4a  mov esi, dword ptr [rsi]
; 0x0049: global.get
   4c  mov rdi, qword ptr [r9+48]
   50  mov rdi, qword ptr [rdi+16]
   54  mov edi, dword ptr [rdi]
; 0x004b: i32.add
   56  add esi, edi
; 0x004c: end
   58  mov eax, esi
   5a  leave
   5b  ret
