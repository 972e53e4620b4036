#!/bin/sh
# curl.sh PORT CONFIGURATION: lets curl ask what the file says when a line comes.
echo waiting
read -r _
curl --silent --insecure --config "$2" || exit
echo done
read -r _
