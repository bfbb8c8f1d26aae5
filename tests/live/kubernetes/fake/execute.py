# SPDX-License-Identifier: MIT
"""exec: channel 0 stdin, 1 stdout, 2 stderr, 3 status, 4 resize; with v5 also FF 00, the end of stdin. The command runs as a
process of the control plane's namespaces: only who has a certificate of the cluster's CA gets this far."""
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import threading

from websocket import WebSocket

PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]


class Execute:
    def execute(self, container):
        socket_ = WebSocket(self, PROTOCOLS)
        if not socket_.accept():
            return
        wants = {name: self.option(name) == "1" for name in ("input", "output", "error", "tty")}
        socket_.send(1 if wants["output"] else 2 if wants["error"] else 3, b"")
        try:
            process, terminal = self.spawn(wants)
        except OSError as error:
            status = {"metadata": {}, "status": "Failure", "reason": "InternalError", "code": 500,
                      "message": "error executing command in container: %s" % error}
        else:
            status = self.attend(socket_, process, terminal, wants)
        socket_.send(3, json.dumps(status).encode())
        socket_.close()

    def spawn(self, wants):
        command = self.query.get("command", [])
        if wants["tty"]:
            terminal, slave = pty.openpty()
            try:
                return subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True), terminal
            finally:
                os.close(slave)
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe if wants["input"] else subprocess.DEVNULL, stdout=pipe, stderr=pipe,
                                start_new_session=True), None

    def attend(self, socket_, process, terminal, wants):
        if terminal is not None:
            outputs = [(terminal, 1, wants["output"])]
        else:
            outputs = [(process.stdout.fileno(), 1, wants["output"]), (process.stderr.fileno(), 2, wants["error"])]
        pumps = [threading.Thread(target=self.pump, args=(socket_,) + o, daemon=True) for o in outputs]
        for pump in pumps:
            pump.start()
        threading.Thread(target=self.feed, args=(socket_, process, terminal), daemon=True).start()
        code = process.wait()
        for pump in pumps:
            pump.join(10)
        if terminal is not None:
            os.close(terminal)
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            try:
                pipe.close()
            except OSError:  # stdin that the process did not read
                pass
        if code == 0:
            return {"metadata": {}, "status": "Success"}
        code = code if code > 0 else 128 - code
        return {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
                "message": "command terminated with non-zero exit code: error executing command: exit status %d" % code,
                "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]}}

    @staticmethod
    def pump(socket_, source, channel, wanted):
        while True:
            try:
                data = os.read(source, 32768)
            except OSError:  # a terminal whose other side is closed answers EIO
                data = b""
            if not data:
                return
            if wanted:
                try:
                    socket_.send(channel, data)
                except OSError:
                    return

    @staticmethod
    def feed(socket_, process, terminal):
        """From the client to the process, until the client goes away: then the process must not stay behind."""
        try:
            while True:
                message = socket_.receive()
                if message is None:
                    break
                channel, data = message
                if channel == 0 and terminal is not None:
                    os.write(terminal, data)
                elif channel in (0, 255) and process.stdin is not None and not process.stdin.closed:
                    try:
                        if channel == 255:
                            process.stdin.close()
                        else:
                            process.stdin.write(data)
                            process.stdin.flush()
                    except BrokenPipeError:  # the process does not read any more; it may go on all the same
                        pass
                elif channel == 4 and terminal is not None:
                    size = json.loads(data)
                    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size["Height"], size["Width"], 0, 0))
        except (OSError, EOFError, ValueError):
            pass
        if process.poll() is None:
            process.kill()
