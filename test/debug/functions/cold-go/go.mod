module coldgo

go 1.19
