function 0 <f> (i32, i64) -> (i32, i64), 20 bytes at 0x21
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9d, esi
    c  mov r10, rdx
    f  mov qword ptr [rbp-112], r9
   13  mov qword ptr [rbp-104], r10
; 0x0024: i32.clz
   17  mov ecx, 63
   1c  bsr eax, r9d
   20  cmovz eax, ecx
   23  xor eax, 31
   26  mov esi, eax
; 0x0027: i32.ctz
   28  mov ecx, 32
   2d  bsf eax, r9d
   31  cmovz eax, ecx
   34  mov edi, eax
; 0x002a: i32.popcnt
   36  xor r8d, r8d
   39  popcnt r8d, r9d
; 0x002b: i32.add
   3e  add edi, r8d
; 0x002c: i32.add
   41  add esi, edi
; 0x002f: i64.extend8_s
   43  rex movsx rdi, r10b
; 0x0032: i64.clz
   47  mov ecx, 127
   4c  bsr rax, r10
   50  cmovz rax, rcx
   54  xor eax, 63
   57  mov r8, rax
; 0x0033: i64.add
   5a  add rdi, r8
; 0x0034: end
   5d  mov r8, qword ptr [rbp-8]
   61  mov r8, qword ptr [r8]
   64  mov qword ptr [r8+80], rdi
   68  mov eax, esi
   6a  leave
   6b  ret
