module example.com/cold-go

go 1.19
