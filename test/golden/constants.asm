function 0 <f> (i32, i64) -> (i32, i64, f32, f64), 44 bytes at 0x23
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9d, esi
    c  mov r10, rdx
    f  mov qword ptr [rbp-112], r9
   13  mov qword ptr [rbp-104], r10
; 0x002c: i32.add
   17  lea esi, [r9+305419896]
; 0x002f: i32.xor
   1e  not esi
; 0x003c: i64.and
   20  mov rdi, r10
   23  mov rax, 1311768467463790320
   2d  and rdi, rax
; 0x003f: i64.add
   30  add rdi, -5
; 0x004e: end
   34  mov r8, qword ptr [rbp-8]
   38  mov r8, qword ptr [r8]
   3b  mov qword ptr [r8+80], rdi
   3f  mov qword ptr [r8+88], 1069547520
   47  mov rax, -4609115380302729960
   51  mov qword ptr [r8+96], rax
   55  mov eax, esi
   57  leave
   58  ret
