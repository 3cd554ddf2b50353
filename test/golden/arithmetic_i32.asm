function 0 <f> (i32, i32) -> i32, 25 bytes at 0x20
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 104
    9  mov r9d, esi
    c  mov r10d, edx
    f  mov qword ptr [rbp-112], r9
   13  mov qword ptr [rbp-104], r10
; 0x0025: i32.shl
   17  mov esi, r9d
   1a  shl esi, 3
; 0x002a: i32.shr_u
   1d  mov ecx, r10d
   20  mov edi, r9d
   23  shr edi, cl
; 0x002b: i32.add
   25  add esi, edi
; 0x0030: i32.rotl
   27  mov edi, r10d
   2a  rol edi, 7
; 0x0031: i32.sub
   2d  sub esi, edi
; 0x0036: i32.lt_s
   2f  cmp r9d, r10d
   32  setl al
   35  movzx edi, al
; 0x0037: i32.mul
   38  imul esi, edi
; 0x0038: end
   3b  mov eax, esi
   3d  leave
   3e  ret
