"""A process without IPv6: what `RestrictAddressFamilies=AF_INET AF_UNIX` of a systemd unit makes of it, and some containers.

    Server(..., preexec_fn=address_families.without_ipv6)

A socket of that family is refused by the system (EAFNOSUPPORT) from then on, in children too: a seccomp filter, see
seccomp(2) and linux/bpf_common.h.
"""
import ctypes
import errno
import platform
import socket
import struct

SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06   # BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K
NUMBER, FIRST_ARGUMENT = 0, 16                         # in struct seccomp_data; the low word of the argument
ALLOW, FAIL_WITH = 0x7fff0000, 0x00050000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2


def can_be_taken():
    return platform.machine() in SOCKET_CALL


def without_ipv6():
    steps = [(LOAD_WORD, 0, 0, NUMBER), (JUMP_IF_EQUAL, 0, 3, SOCKET_CALL[platform.machine()]),
             (LOAD_WORD, 0, 0, FIRST_ARGUMENT), (JUMP_IF_EQUAL, 0, 1, socket.AF_INET6),
             (RETURN, 0, 0, FAIL_WITH | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    filter_at = ctypes.create_string_buffer(program)
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(filter_at), 0, 0):
        raise OSError(ctypes.get_errno(), "no filter of system calls")
