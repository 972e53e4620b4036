/* with_pid PID PROGRAM ARGS...: runs the program as a child that has this process id, which must be free.
 *
 * It ends when the child does, and passes SIGTERM on to it.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

static void pass_on(int signal)
{
	kill(child, signal);
}

int main(int count, char **words)
{
	pid_t wanted = count > 2 ? atoi(words[1]) : 0;
	struct clone_args how = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&wanted,
		.set_tid_size = 1,
	};
	int status;

	if (wanted <= 0)
		return 2;
	child = syscall(SYS_clone3, &how, sizeof(how));
	if (child < 0) {
		perror("clone3");
		return 1;
	}
	if (child == 0) {
		execvp(words[2], words + 2);
		perror(words[2]);
		_exit(127);
	}
	signal(SIGTERM, pass_on);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
