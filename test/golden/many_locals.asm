function 0 <f> (i32, i32, i32, i32) -> i32, 68 bytes at 0x22
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 184
    c  mov qword ptr [rbp-16], rbx
   10  mov qword ptr [rbp-24], r12
   14  mov qword ptr [rbp-32], r13
   18  mov qword ptr [rbp-40], r14
   1c  mov qword ptr [rbp-48], r15
   20  mov qword ptr [rbp-192], rsi
   27  mov qword ptr [rbp-184], rdx
   2e  mov qword ptr [rbp-176], rcx
   35  mov qword ptr [rbp-168], r8
   3c  xor r9d, r9d
   3f  xor r10d, r10d
   42  xor r11d, r11d
   45  xor ebx, ebx
   47  xor r12d, r12d
   4a  xor r13d, r13d
   4d  xor r14d, r14d
   50  xor r15d, r15d
; 0x0029: i32.add
   53  mov r12d, dword ptr [rbp-192]
   5a  add r12d, dword ptr [rbp-184]
; 0x002a: local.set
; 0x0030: i32.mul
   61  mov ebx, r12d
   64  imul ebx, dword ptr [rbp-176]
; 0x0031: local.set
; 0x0037: i32.xor
   6b  mov r13d, ebx
   6e  xor r13d, dword ptr [rbp-168]
; 0x0038: local.set
; 0x003e: i32.or
   75  mov r11d, r13d
   78  or r11d, r12d
; 0x003f: local.set
; 0x0045: i32.and
   7b  mov r9d, r11d
   7e  and r9d, ebx
; 0x0046: local.set
; 0x004c: i32.sub
   81  mov r10d, r9d
   84  sub r10d, r13d
; 0x004d: local.set
; 0x0053: i32.add
   87  lea r14d, [r10+r11]
; 0x0054: local.set
; 0x005a: i32.mul
   8b  mov r15d, r14d
   8e  imul r15d, r9d
; 0x005b: local.set
; 0x0063: i32.add
   92  mov esi, dword ptr [rbp-192]
   98  add esi, r10d
; 0x0064: i32.add
   9b  add esi, r15d
; 0x0065: end
   9e  mov eax, esi
   a0  mov rbx, qword ptr [rbp-16]
   a4  mov r12, qword ptr [rbp-24]
   a8  mov r13, qword ptr [rbp-32]
   ac  mov r14, qword ptr [rbp-40]
   b0  mov r15, qword ptr [rbp-48]
   b4  leave
   b5  ret
