import builtins

builtins.own_site = "its own site"
