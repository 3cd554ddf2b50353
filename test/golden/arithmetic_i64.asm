function 0 <f> (i64, i32) -> i64, 20 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9, rsi
    c  mov r10d, edx
    f  mov qword ptr [rbp-112], r9
   13  mov qword ptr [rbp-104], r10
; 0x0025: i64.extend_i32_u
   17  mov esi, r10d
; 0x0026: i64.shr_s
   1a  mov ecx, esi
   1c  mov rdi, r9
   1f  sar rdi, cl
; 0x002a: i64.or
   22  or rdi, 255
; 0x002d: i32.wrap_i64
   29  mov esi, r9d
; 0x002e: i64.extend_i32_s
   2c  movsxd rsi, esi
; 0x0031: i64.mul
   2f  lea rsi, [rsi+rsi*4]
   33  shl rsi, 1
; 0x0032: i64.sub
   36  sub rdi, rsi
; 0x0033: end
   39  mov rax, rdi
   3c  leave
   3d  ret
