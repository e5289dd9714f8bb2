#error "LOST: at 01:36:12 the build/arch helper overwrote this file by accident (a failed cd in a scratch script). Please write it again; nothing else of client/ was touched."
