/* SPDX-License-Identifier: MIT */
#include "service/app/app.h"

int main(int argc, char **argv)
{
    return app_main(argc, (const char *const *)argv);
}
