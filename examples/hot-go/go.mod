module example.com/hot-go

go 1.19
