function 0 <f> (i32) -> i32, 50 bytes at 0x1f
    0  push rbp
    1  mov rbp, rsp
    4  push rdi
    5  sub rsp, 88
    9  mov r9d, esi
    c  mov qword ptr [rbp-96], r9
; 0x0020: block
; 0x0022: block
; 0x0024: block
; 0x0026: block
; 0x002a: br_table
   10  cmp r9d, 5
   14  jae L3
   1a  lea rax, [table 0]
   21  movsxd rcx, dword ptr [rax+r9*4]
   25  add rax, rcx
   28  jmp rax
; 0x0032: end
L0:
; 0x0035: return
   2a  mov eax, 10
   2f  leave
   30  ret
; 0x0036: end
L1:
; 0x0039: return
   31  mov eax, 20
   36  leave
   37  ret
; 0x003a: end
L2:
; 0x003d: return
   38  mov eax, 30
   3d  leave
   3e  ret
; 0x003e: end
L3:
; 0x003f: block
; 0x0041: block
; 0x0047: br_table
   3f  mov qword ptr [rbp-88], 4
   47  test r9d, r9d
   4a  je L4
   50  jmp L5
L4:
   55  mov esi, dword ptr [rbp-88]
   58  jmp L6
L5:
   5d  mov esi, dword ptr [rbp-88]
   60  jmp L7
; 0x004b: end
L7:
; 0x004e: i32.add
   65  inc esi
; 0x004f: end
L6:
; 0x0050: end
   67  mov eax, esi
   69  leave
   6a  ret
