function 0 <f> (i32) -> i64, 46 bytes at 0x24
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r10d, esi
    c  mov r9, qword ptr [rdi+8]
   10  mov qword ptr [rbp-96], r10
; 0x0029: i32.load8_s
   14  movsx esi, byte ptr [r9+r10+1]
; 0x002c: i32.store8
   1a  rex mov byte ptr [r9+r10], sil
; 0x0033: i64.load32_s
   1e  movsxd rsi, dword ptr [r9+r10+16]
; 0x0036: i64.store16
   23  mov word ptr [r9+r10+8], si
; 0x003d: f64.load
   29  vmovsd xmm2, qword ptr [r9+r10+24]
; 0x0040: f64.store
   30  vmovsd qword ptr [r9+r10+32], xmm2
; 0x0049: i32.store
   37  mov dword ptr [r9+r10+40], 12345
; 0x004e: i64.load
   40  mov rsi, qword ptr [r9+r10]
; 0x0051: end
   44  mov rax, rsi
   47  leave
   48  ret
