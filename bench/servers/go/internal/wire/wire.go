// Package wire is the part of docs/wire-format.md that the benchmark needs: a
// submit is answered by a submit_ack with the same id, anything else is a breach.
//
//	total, err := wire.Length(header)          // of the whole frame, itself included
//	reply, err := wire.AppendAck(reply, body)  // body: the frame without its length
package wire

import (
	"encoding/binary"
	"errors"
)

const (
	HeaderSize = 4       // the length, big-endian
	MinFrame   = 13      // length, command, id
	MaxFrame   = 1 << 20 // all of it counted
	AckSize    = 14

	submit    = 0x02
	submitAck = 0x82
	idEnd     = 9 // of a body: command, then eight bytes of id
)

var (
	ErrLength  = errors.New("length out of range")
	ErrCommand = errors.New("not a submit")
)

// Length reads a frame's length and checks its bounds. header has HeaderSize bytes or more.
func Length(header []byte) (int, error) {
	total := binary.BigEndian.Uint32(header)
	if total < MinFrame || total > MaxFrame {
		return 0, ErrLength
	}
	return int(total), nil
}

// AppendAck appends the answer to a submit. body has MinFrame - HeaderSize bytes or more.
func AppendAck(reply, body []byte) ([]byte, error) {
	if body[0] != submit {
		return reply, ErrCommand
	}
	reply = binary.BigEndian.AppendUint32(reply, AckSize)
	reply = append(reply, submitAck)
	reply = append(reply, body[1:idEnd]...)
	return append(reply, 0), nil
}
