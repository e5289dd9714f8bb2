"""The big runs: nothing is lost."""
import programs


class Load(programs.Case):
    def test_a_hundred_clients_with_a_window_of_32_lose_nothing(self):
        count = 2000 if programs.SLOW == 1 else 200
        server = self.start_server("--threads", "2")
        swarm = self.run_swarm(server.address, "--clients", "100", "--count", str(count), "--interval", "0", "--window", "32",
                               "--payload-size", "64", "--quiet", seconds=12 * programs.PATIENCE)
        self.assertEqual(0, swarm.process.returncode, swarm.out + swarm.err)
        self.assert_counts(swarm, sent=100 * count, acked=100 * count)
        self.assert_stops_well(server)
        self.assertEqual([0, 0, 100 * count, 100 * count], server.last_words())

    def test_payloads_of_64_kib_lose_nothing_either(self):
        clients, count = (50, 100) if programs.SLOW == 1 else (20, 20)
        server = self.start_server("--threads", "2", "--log-level", "warning")
        swarm = self.run_swarm(server.address, "--clients", str(clients), "--count", str(count), "--interval", "0",
                               "--window", "32", "--payload-size", "64KiB", "--quiet", seconds=12 * programs.PATIENCE)
        self.assertEqual(0, swarm.process.returncode, swarm.out + swarm.err)
        self.assert_counts(swarm, sent=clients * count, acked=clients * count)

    def test_several_swarms_at_once_over_tcp_and_unix(self):
        path = self.folder / "socket"
        count = 500 if programs.SLOW == 1 else 100
        server = self.start_server("--threads", "2", "--log-level", "warning", listen=["127.0.0.1:0", f"unix:{path}"])
        swarms = [self.start_swarm(address, "--clients", "20", "--count", str(count), "--interval", "0", "--window", "8",
                                   "--quiet", *more)
                  for address in (server.address, f"unix:{path}")
                  for more in ([], ["--hello", "--ping-interval", "10ms"])]
        for swarm in swarms:
            self.assertEqual(0, swarm.status(8 * programs.PATIENCE), swarm.out + swarm.err)
            self.assert_counts(swarm, sent=20 * count, acked=20 * count)
        self.assert_stops_well(server)


if __name__ == "__main__":
    programs.main()
