function 0 <f> (i32) -> i32, 9 bytes at 0x25
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r9d, esi
    c  mov r10, rdi
    f  mov qword ptr [rbp-96], r9
; 0x002a: return_call_indirect
   13  mov rsi, qword ptr [r10+32]
   17  cmp r9, qword ptr [rsi+8]
   1b  jae trap: undefined element
   21  mov rsi, qword ptr [rsi]
   24  lea rsi, [rsi+r9*8]
   28  mov rsi, qword ptr [rsi]
   2b  test rsi, rsi
   2e  je trap: uninitialized element
   34  cmp dword ptr [rsi+32], 0
   38  jne trap: indirect call type mismatch
   3e  mov rdi, qword ptr [rsi+8]
   42  test rdi, rdi
   45  je L0
L1:
   4b  mov r10, rsi
   4e  mov esi, 1
   53  mov r10, qword ptr [r10]
   56  leave
   57  jmp qword ptr [r10]
; 0x002d: end
L0:
   5a  mov rdi, qword ptr [rbp-8]
   5e  jmp L1
   60  call trap: undefined element
   65  call trap: uninitialized element
   6a  call trap: indirect call type mismatch
