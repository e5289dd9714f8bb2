package bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Peer "Netty": Netty 4.2 (pom.xml pins it), the native epoll transport where its
 * library loads and NIO elsewhere, one group of event loops that also accepts, as in Netty's
 * own echo server. Frames come from LengthFieldBasedFrameDecoder; {@link AckHandler} writes a
 * reply for each and flushes in channelReadComplete: one gathering write for all that came
 * together.
 *
 * <pre>java -jar bench-netty.jar --threads 1</pre>
 *
 * The decoder checks the upper bound of the length before it waits for the frame, the lower
 * one (13) is looked at when the frame is there. It does not: no deadlines, no cap on
 * connections or on unsent replies (the write watermarks are not looked at).
 */
public final class Server {
    private static final int MAX_FRAME = 1 << 20; // the whole frame, its length included
    private static final int LENGTH_SIZE = 4;

    public static void main(String[] arguments) throws Exception {
        int threads = threads(arguments);
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerSocketChannel> type =
            Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(threads, io);
        try {
            Channel listener = new ServerBootstrap()
                .group(group)
                .channel(type)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Connection())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
            System.out.println("listening " + ((InetSocketAddress) listener.localAddress()).getPort());
            listener.closeFuture().sync();
        } finally {
            group.shutdownGracefully();
        }
    }

    private static int threads(String[] arguments) {
        boolean valid = arguments.length == 0 || (arguments.length == 2 && arguments[0].equals("--threads")
            && arguments[1].matches("[1-9][0-9]{0,3}"));
        if (!valid) {
            System.err.println("usage: [--threads N], N at least 1");
            System.exit(2);
        }
        return arguments.length == 0 ? 1 : Integer.parseInt(arguments[1]);
    }

    private static final class Connection extends ChannelInitializer<SocketChannel> {
        private final AckHandler acks = new AckHandler(); // has no state, so one does for all

        @Override
        protected void initChannel(SocketChannel channel) {
            // The length counts itself (-4), and stays before the frame (0 bytes stripped).
            channel.pipeline().addLast(
                new LengthFieldBasedFrameDecoder(MAX_FRAME, 0, LENGTH_SIZE, -LENGTH_SIZE, 0), acks);
        }
    }
}
