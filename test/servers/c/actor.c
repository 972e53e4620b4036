/*
 * Does what it is told on standard input, a command a line, and answers each with a line:
 *   listen PORT    listens on it (SO_REUSEPORT)         fork      makes a child that waits
 *   spawn ARG...   starts a program                     stop PID  ends a child and collects it
 *   exec ARG...    becomes another program              thread    starts a thread and waits for its end
 *   leave          ends the main thread, a second one goes on     exit
 * Nothing it starts outlives a minute.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGS = 16, LIFE_SECONDS = 60 };

extern char **environ;

static void obey(void);

static void *obey_in_thread(void *unused)
{
	obey();
	return unused;
}

static void *do_nothing(void *unused)
{
	return unused;
}

static void say(const char *what, int number)
{
	printf("%s %d\n", what, number);
	fflush(stdout);
}

static void listen_on(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 16))
		perror("listen");
	say("listening", port);
}

/* Whoever waits for the end of the actor's output must not wait for that of its children. */
static void close_pipes(void)
{
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
}

static void make_child(void)
{
	pid_t child = fork();

	if (child == 0) {
		close_pipes();
		alarm(LIFE_SECONDS);
		for (;;)
			pause();
	}
	say("forked", child);
}

static void start_program(char **args)
{
	posix_spawn_file_actions_t actions;
	pid_t child = -1;

	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd <= 2; fd++)
		posix_spawn_file_actions_addclose(&actions, fd);
	posix_spawn(&child, args[0], &actions, NULL, args, environ);
	posix_spawn_file_actions_destroy(&actions);
	say("spawned", child);
}

static void stop_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	say("stopped", child);
}

static void start_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, do_nothing, NULL);
	pthread_join(thread, NULL);
	say("threaded", getpid());
}

static void leave(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, obey_in_thread, NULL);
	pthread_detach(thread);
	say("leaving", getpid());
	pthread_exit(NULL);
}

static void obey(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *args[MAX_ARGS + 1] = { NULL };
		int count = 0;

		for (char *word = strtok(line, " \n"); word && count < MAX_ARGS; word = strtok(NULL, " \n"))
			args[count++] = word;
		if (count == 0)
			continue;
		if (!strcmp(args[0], "listen"))
			listen_on(atoi(args[1]));
		else if (!strcmp(args[0], "fork"))
			make_child();
		else if (!strcmp(args[0], "spawn"))
			start_program(args + 1);
		else if (!strcmp(args[0], "stop"))
			stop_child(atoi(args[1]));
		else if (!strcmp(args[0], "thread"))
			start_thread();
		else if (!strcmp(args[0], "leave"))
			leave();
		else if (!strcmp(args[0], "exec"))
			execv(args[1], args + 1);
		else if (!strcmp(args[0], "exit"))
			exit(0);
	}
	exit(0);
}

int main(void)
{
	/* Unbuffered: what comes behind an exec is for the program that it becomes. */
	setvbuf(stdin, NULL, _IONBF, 0);
	alarm(LIFE_SECONDS);
	say("ready", getpid());
	obey();
}
