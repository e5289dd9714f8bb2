"""Every command of docs/swarm.md, against a server."""
import pathlib
import re
import shlex

import programs

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "swarm.md"


class Page(programs.Case):
    def test_every_command_runs_well(self):
        commands = [line for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL) for line in block.splitlines()]
        self.assertGreaterEqual(len(commands), 7)
        server = self.start_server("--threads", "2", "--log-level", "warning")
        for command in commands:
            with self.subTest(command):
                words = shlex.split(command)
                self.assertEqual(["hawser-swarm", "--connect"], words[:2])
                self.assertRegex(words[2], r"^(127\.0\.0\.1)?:8888$")
                status, out, err = self.run_to_end(programs.SWARM, "--connect", server.address, *words[3:], seconds=4 * programs.PATIENCE)
                self.assertEqual(0, status, out + err)


if __name__ == "__main__":
    programs.main()
