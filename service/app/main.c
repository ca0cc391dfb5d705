/* SPDX-License-Identifier: MIT */
#include "service/app/app.h"
#include "service/os/os_host.h"

int main(int argc, char **argv)
{
    return os_host_main(argc, argv, app_main);
}
