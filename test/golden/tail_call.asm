function 0 <f> (i64, i64) -> i64, 23 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9, rsi
    c  mov r10, rdx
    f  mov r11, rdi
   12  mov qword ptr [rbp-112], r9
   16  mov qword ptr [rbp-104], r10
; 0x0023: i64.eqz
   1a  test r9, r9
; 0x0024: if
   1d  jne L0
; 0x0028: return
   23  mov rax, r10
   26  leave
   27  ret
; 0x0029: end
L0:
; 0x002e: i64.sub
   28  lea rsi, [r9-1]
; 0x0033: i64.add
   2c  lea rdi, [r10+r9]
; 0x0034: return_call
   30  mov rdx, rdi
   33  mov rdi, r11
   36  leave
   37  mov r10, entry slot 0
   41  jmp qword ptr [r10]
; 0x0036: end
