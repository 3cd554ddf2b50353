function 0 <f> (i32, i64) -> (i64, i32), 27 bytes at 0x21
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9d, esi
    c  mov r10, rdx
; 0x0026: block
    f  mov qword ptr [rbp-96], r9
   13  mov qword ptr [rbp-88], r10
; 0x0028: local.set
   17  mov r10, qword ptr [rbp-88]
; 0x002a: local.set
   1b  mov r9d, dword ptr [rbp-96]
; 0x0032: br_if
   1f  mov qword ptr [rbp-96], r10
   23  mov qword ptr [rbp-88], r9
   27  test r9d, r9d
   2a  jne L0
; 0x003a: end
   30  mov qword ptr [rbp-96], 5
   38  mov qword ptr [rbp-88], 6
L0:
; 0x003b: end
   40  mov rsi, qword ptr [rbp-8]
   44  mov rsi, qword ptr [rsi]
   47  mov eax, dword ptr [rbp-88]
   4a  mov qword ptr [rsi+80], rax
   4e  mov rax, qword ptr [rbp-96]
   52  leave
   53  ret
