"""A seccomp filter: no sockets, no programs, no processes, no look into others, no kernel administration.

A deny-list, since torch, CUDA and Python use hundreds of calls; threads stay possible. It cannot tell one path from
another, so it confines no files: that is Landlock's and the mount namespace's part.
"""

import ctypes
import errno
import os
from dataclasses import dataclass

from workers.sandbox import kernel

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

#: System call → (number on x86_64, number on aarch64); None where the architecture has it not.
DENIED: dict[str, tuple[int | None, int | None]] = {
    # network (socketpair stays: it reaches nobody)
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # programs and processes
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "unshare": (272, 97),
    "setns": (308, 268),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kcmp": (312, 272),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    # the file system as a whole
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "quotactl": (179, 60),
    "fanotify_init": (300, 262),
    # the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "iopl": (172, None),
    "ioperm": (173, None),
    "vhangup": (153, 58),
}

_CLONE = (56, 220)
_CLONE3 = (435, 435)
_CLONE_THREAD = 0x00010000
#: Calls whose first argument must be this process (or 0).
_SELF_ONLY: dict[str, tuple[int, int]] = {
    "kill": (62, 129),
    "tgkill": (234, 131),
    "rt_tgsigqueueinfo": (297, 240),
    "prlimit64": (302, 261),
}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_X32_BIT = 0x40000000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


@dataclass(frozen=True)
class Instruction:
    """One classic BPF instruction: opcode, jumps when true and false, operand."""

    code: int
    true: int
    false: int
    operand: int

    def packed(self) -> bytes:
        """The kernel's ``struct sock_filter``."""
        return (
            self.code.to_bytes(2, "little")
            + bytes((self.true, self.false))
            + (self.operand & 0xFFFFFFFF).to_bytes(4, "little")
        )


def program(machine: str, pid: int) -> list[Instruction]:
    """The filter for `machine` (as ``platform.machine()`` says it) and the process `pid`.

    `KeyError` for a machine whose system call numbers are not listed.
    """
    column = list(_ARCHITECTURES).index(machine) if machine in _ARCHITECTURES else None
    if column is None:
        raise KeyError(machine)
    refuse, allow = Instruction(_RETURN, 0, 0, _ERRNO | errno.EPERM), Instruction(_RETURN, 0, 0, _ALLOW)
    code = [
        Instruction(_LOAD, 0, 0, _ARCH_AT),
        Instruction(_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        Instruction(_RETURN, 0, 0, _KILL_PROCESS),
        Instruction(_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        code += [Instruction(_AT_LEAST, 0, 1, _X32_BIT), refuse]
    for numbers in DENIED.values():
        number = numbers[column]
        if number is not None:
            code += [Instruction(_EQUAL, 0, 1, number), refuse]
    # glibc falls back from clone3, whose flags a filter cannot see, to clone.
    code += [Instruction(_EQUAL, 0, 1, _CLONE3[column]), Instruction(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    code += [
        Instruction(_EQUAL, 0, 4, _CLONE[column]),
        Instruction(_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        Instruction(_ANY_BIT, 0, 1, _CLONE_THREAD),
        allow,
        refuse,
    ]
    for numbers in _SELF_ONLY.values():
        code += [
            Instruction(_EQUAL, 0, 5, numbers[column]),
            Instruction(_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
            Instruction(_EQUAL, 1, 0, pid),
            Instruction(_EQUAL, 0, 1, 0),
            allow,
            refuse,
        ]
    return [*code, allow]


def supported() -> bool:
    """Whether a filter exists for this machine."""
    return kernel.LINUX and kernel.MACHINE in _ARCHITECTURES


def restrict() -> None:
    """Put the filter on this process, for ever. Needs no_new_privs. `OSError` when the kernel refuses."""
    if not supported():
        raise OSError(errno.ENOSYS, f"there is no seccomp filter for {kernel.MACHINE}")
    code = program(kernel.MACHINE, os.getpid())
    packed = ctypes.create_string_buffer(b"".join(instruction.packed() for instruction in code))
    whole = _Program(len(code), ctypes.cast(packed, ctypes.c_void_p).value)
    mode_filter = 2
    kernel.prctl(kernel.PR_SET_SECCOMP, mode_filter, ctypes.cast(ctypes.byref(whole), ctypes.c_void_p))
