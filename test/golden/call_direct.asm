function 1 <f> (i32) -> i32, 15 bytes at 0x2b
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov qword ptr [rbp-96], rsi
; 0x0030: call
    d  mov esi, dword ptr [rbp-96]
   10  mov rdi, qword ptr [rbp-8]
   14  mov edx, 1
   19  mov r10, entry slot 0
   23  call qword ptr [r10]
   26  mov esi, eax
; 0x0036: i32.add
   28  mov edi, dword ptr [rbp-96]
   2b  add edi, 2
; 0x0037: call
   2e  mov edx, edi
   30  mov rdi, qword ptr [rbp-8]
   34  mov r10, entry slot 0
   3e  call qword ptr [r10]
   41  mov esi, eax
; 0x0039: end
   43  mov eax, esi
   45  leave
   46  ret
