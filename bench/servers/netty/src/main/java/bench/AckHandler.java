package bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * Answers each submit with a submit_ack of the same id. A frame too short for an id, another
 * command, or a length that the decoder refuses closes the connection.
 */
@Sharable
final class AckHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private static final int MIN_FRAME = 13; // length, command, id
    private static final int COMMAND = 4;    // offsets in a frame
    private static final int ID = 5;
    private static final int ACK_SIZE = 14;
    private static final int SUBMIT = 0x02;
    private static final int SUBMIT_ACK = 0x82;
    private static final int OK = 0;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
        if (frame.readableBytes() < MIN_FRAME || frame.getUnsignedByte(frame.readerIndex() + COMMAND) != SUBMIT) {
            context.close();
            return;
        }
        ByteBuf ack = context.alloc().ioBuffer(ACK_SIZE, ACK_SIZE);
        ack.writeInt(ACK_SIZE);
        ack.writeByte(SUBMIT_ACK);
        ack.writeLong(frame.getLong(frame.readerIndex() + ID));
        ack.writeByte(OK);
        context.write(ack, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
