function 0 <f> (i32, externref) -> (i32, funcref), 21 bytes at 0x2e
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov qword ptr [rbp-88], rdx
    d  mov r10d, esi
   10  mov r9, rdi
   13  mov qword ptr [rbp-96], r10
; 0x0031: ref.func
   17  mov rsi, qword ptr [r9+56]
   1b  mov rsi, qword ptr [rsi]
   1e  mov qword ptr [rbp-72], rsi
   22  test rsi, rsi
   25  je L0
L1:
; 0x0033: table.set
   2b  mov rsi, qword ptr [rbp-8]
   2f  mov rsi, qword ptr [rsi+32]
   33  mov r10d, dword ptr [rbp-96]
   37  cmp r10, qword ptr [rsi+8]
   3b  jae trap: out of bounds table access
   41  mov rsi, qword ptr [rsi]
   44  lea rsi, [rsi+r10*8]
   48  mov rax, qword ptr [rbp-72]
   4c  mov qword ptr [rsi], rax
; 0x0037: ref.is_null
   4f  cmp qword ptr [rbp-88], 0
   54  sete al
   57  movzx esi, al
; 0x003a: table.get
   5a  mov rdi, qword ptr [rbp-8]
   5e  mov rdi, qword ptr [rdi+32]
   62  mov r8d, 1
   68  cmp r8, qword ptr [rdi+8]
   6c  jae trap: out of bounds table access
   72  mov rdi, qword ptr [rdi]
   75  lea rdi, [rdi+r8*8]
   79  mov rdi, qword ptr [rdi]
; 0x003c: ref.is_null
   7c  test rdi, rdi
   7f  sete al
   82  movzx edi, al
; 0x003d: i32.or
   85  or esi, edi
; 0x0040: table.get
   87  mov rdi, qword ptr [rbp-8]
   8b  mov rdi, qword ptr [rdi+32]
   8f  cmp r10, qword ptr [rdi+8]
   93  jae trap: out of bounds table access
   99  mov rdi, qword ptr [rdi]
   9c  lea rdi, [rdi+r10*8]
   a0  mov rdi, qword ptr [rdi]
; 0x0042: end
   a3  mov r8, qword ptr [rbp-8]
   a7  mov r8, qword ptr [r8]
   aa  mov qword ptr [r8+80], rdi
   ae  mov eax, esi
   b0  leave
   b1  ret
L0:
   b2  mov rdi, qword ptr [rbp-8]
   b6  lea rsi, qword ptr [rbp-72]
   ba  mov eax, 12
   bf  xor edx, edx
   c1  xor ecx, ecx
   c3  call runtime: RefFunc
   c8  jmp L1
   cd  call trap: out of bounds table access
   d2  call trap: out of bounds table access
   d7  call trap: out of bounds table access
